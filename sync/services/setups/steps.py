"""The order of the steps, and how far a set-up has come."""

from sync.models import RuleSetup, SetupStep

ORDER: tuple[SetupStep, ...] = tuple(SetupStep)


def find_furthest(setup: RuleSetup) -> SetupStep:
    """The last step that can be opened: nothing is chosen where what it is chosen from is not known."""
    if setup.sansan_account_id is None:
        return SetupStep.SANSAN
    reached = SetupStep(setup.step)
    if setup.rule_id is None:
        return min(reached, SetupStep.HUBSPOT, key=ORDER.index)
    return reached


def is_open(setup: RuleSetup, step: SetupStep) -> bool:
    return ORDER.index(step) <= ORDER.index(find_furthest(setup))


def follow(step: SetupStep) -> SetupStep:
    """The step after this one; the last has none, and is its own."""
    return ORDER[min(ORDER.index(step) + 1, len(ORDER) - 1)]


def precede(step: SetupStep) -> SetupStep | None:
    place = ORDER.index(step)
    return ORDER[place - 1] if place else None


def pass_step(setup: RuleSetup, step: SetupStep) -> SetupStep:
    """Notes that a step is done, and gives the next. Whoever went back to an earlier one keeps how far they were."""
    following = follow(step)
    if ORDER.index(following) > ORDER.index(SetupStep(setup.step)):
        # Not by `setup.save()`: of the others' columns nothing may be set back.
        RuleSetup.objects.filter(pk=setup.pk, step=setup.step).update(step=following)
        setup.step = following
    return following
