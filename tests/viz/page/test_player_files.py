"""The player as a file, and what it refuses; more of files is in the tests of drawings."""

import pytest
from support.player_graphs import shared

import viz
from engine import StaleGraphError, Value, topological_order


@pytest.mark.parametrize("name", ["graph.html", "graph.HTM", "graph.v2.html"])
def test_the_page_is_written_into_the_file(tmp_path, name):
    made = viz.player(shared(), tmp_path / name)
    assert (tmp_path / name).read_bytes() == made.html.encode("utf-8")
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("value", [3.0, "x", None, [Value(1.0)]])
def test_what_is_no_value(value):
    with pytest.raises(TypeError, match=r"a player is of a Value, not of .* of type"):
        viz.player(value)


def test_too_many_nodes():
    with pytest.raises(ValueError, match="would have 6 nodes, more than max_nodes=5"):
        viz.player(shared(), max_nodes=5)
    assert viz.player(shared(), max_nodes=6).nodes == 6


def test_a_stale_graph_names_the_leaf():
    value = shared()
    next(node for node in topological_order(value) if node.label == "x").data = 9.0
    with pytest.raises(StaleGraphError, match=r"'x'.*was changed after"):
        viz.player(value)


def test_a_parameter_that_is_none():
    with pytest.raises(ValueError, match="is not a parameter"):
        viz.player(shared(), parameters=[shared()])


def test_a_matrix_of_strangers():
    with pytest.raises(ValueError, match=r"the matrix 'W' has an entry that the graph does not: Value\(.*stranger"):
        viz.player(shared(), matrices={"W": [[Value(1.0, "stranger")]]})


@pytest.mark.parametrize("rows", [[[1.0, 2.0]], [1.0], [Value(1.0)], Value(1.0), 3, [["x"]], "x"])
def test_a_matrix_of_anything_but_rows_of_values(rows):
    with pytest.raises(TypeError, match=r"the matrix 'W' should be rows of Values, as model\.to_value_matrices\(\)"):
        viz.player(shared(), matrices={"W": rows})


@pytest.mark.parametrize("matrices", [[[Value(1.0)]], Value(1.0), "W"])
def test_matrices_that_are_no_dictionary(matrices):
    with pytest.raises(TypeError, match="matrices is a dictionary of rows of Values by name, not "):
        viz.player(shared(), matrices=matrices)
