"""The rules are only as good as the list of files that they look at."""

import pytest
from tests.house_rules import repository


def test_git_and_the_walk_by_gitignore_find_the_same_files() -> None:
    listed = repository.listed_by_git()
    if listed is None:
        pytest.skip("This is no git checkout.")
    # What git tracks although .gitignore names it was put there on purpose.
    missing = listed - repository.walked()
    surplus = repository.walked() - listed
    assert not missing | surplus, (
        "The files that git knows and the ones that tests/house_rules/repository.py finds by reading .gitignore differ "
        f"in {sorted(map(repository.name_of, missing | surplus))[:10]}. "
        "Write the rule in .gitignore so that it is a name, "
        "a folder/ or a /path from the top, or commit no file that it ignores."
    )


def test_the_files_of_this_folder_are_among_them() -> None:
    assert repository.ROOT / "tests/house_rules/repository.py" in repository.files()
    assert repository.OFFHOOK / "settings.py" in repository.files()
