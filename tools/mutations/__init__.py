"""What `tools.mutants` breaks: one line at a time, each a mistake that somebody could make.

`shown` says whether the line has a part in a number that stands in a notebook. `tests` and
`notebooks` are where to look first, so that a break is found soon; all notebooks follow.
"""

from tools.mutations.base import Mutation
from tools.mutations.explorers import EXPLORERS
from tools.mutations.layers import LAYERS, TRAINING
from tools.mutations.operation import CONVOLUTION, KERNELS
from tools.mutations.pictures import REST

MUTATIONS = [*CONVOLUTION, *KERNELS, *LAYERS, *TRAINING, *REST, *EXPLORERS]

__all__ = ["MUTATIONS", "Mutation"]
