"""Names for experiments that are given none."""

from __future__ import annotations

import random
from typing import List


def _words(text: str) -> List[str]:
    return text.split()


_ADVERBS = _words(
    """
    boldly briefly brightly calmly clearly closely daily deeply eagerly easily evenly fairly firmly fondly
    freely gently gladly greatly happily highly humbly jointly keenly kindly lightly loosely loudly merrily
    mildly mostly mutually neatly nicely openly partly plainly politely promptly proudly purely quickly quietly
    rapidly rarely really richly safely sharply simply slowly smoothly softly steadily strongly surely sweetly
    swiftly tightly totally truly warmly widely wildly
    """
)
_ADJECTIVES = _words(
    """
    able active agile alert amber ample azure basic brave bright brisk calm careful cheerful clean clever
    coastal cool cosmic crisp curious daring deep eager early electric exact fair famous fast fine firm fresh
    gentle golden grand green handy honest ideal jolly keen kind large lively local loyal lucky lunar magic
    mellow merry mighty modern neat noble novel open patient plain polished prime proud quick quiet rapid rare
    ready robust rosy rustic sharp shiny silent silver simple smart smooth solar solid stable steady sunny super
    swift tidy tiny tough true useful vivid warm wise witty
    """
)
_ANIMALS = _words(
    """
    alpaca ant antelope badger bat bear beaver bee beetle bison boar bobcat buffalo camel canary cat cheetah
    cobra condor coral cougar coyote crab crane cricket crow deer dingo dolphin donkey dove dragonfly duck eagle
    eel elk falcon ferret finch firefly fox frog gazelle gecko gibbon goat goose gopher grouse gull hamster hare
    hawk hedgehog heron horse ibex ibis iguana jackal jaguar jay kestrel kiwi koala lark lemur leopard lion
    lizard llama lobster lynx magpie mantis marmot marten mole moose moth mouse mule newt octopus orca osprey
    otter owl ox panda panther parrot pelican penguin pheasant pigeon pony puffin puma quail rabbit raccoon ram
    raven robin salmon seal shark sheep shrew skunk sloth snail sparrow spider squid stork swan tapir tiger toad
    trout turtle viper vole walrus wasp weasel whale wolf wombat wren yak zebra
    """
)


def generate_name(kind: str = "Experiment") -> str:
    """Return a name of three random words, such as ``Experiment (calmly-witty-otter)``."""
    choose = random.SystemRandom().choice
    return f"{kind} ({choose(_ADVERBS)}-{choose(_ADJECTIVES)}-{choose(_ANIMALS)})"
