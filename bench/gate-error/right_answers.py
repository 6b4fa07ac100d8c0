"""The same outcome as two runs of items that are right: so laid out that few different runs are needed."""


def sides(items, gains, losses, both_right):
    """Items that the baseline and that the candidate has right; the baseline's are always the first."""
    assert losses + both_right + gains <= items
    return range(losses + both_right), range(losses, losses + both_right + gains)
