import textwrap

from hypothesis import given
from hypothesis import strategies as st

from kubelab.printers import layout


def described(text: str) -> str:
    return layout.columns(textwrap.dedent(text))


def test_a_column_is_a_block_of_neighbouring_lines() -> None:
    assert described("a:\tx\nlonger:\ty\nno tab\nb:\tz\n") == "a:       x\nlonger:  y\nno tab\nb:  z\n"


def test_deeper_cells_have_their_own_blocks() -> None:
    assert described("Port:\tweb\t80/TCP\nTarget:\t8080\nPort:\thttps\t443/TCP\n") == (
        "Port:    web  80/TCP\nTarget:  8080\nPort:    https  443/TCP\n"
    )


def test_an_empty_last_cell_leaves_the_padding() -> None:
    assert described("Endpoints:\t\nName:\tx\n") == "Endpoints:  \nName:       x\n"


def test_a_line_that_goes_on_starts_with_a_tab() -> None:
    assert described("Labels:\ta=b\n\tc=d\n") == "Labels:  a=b\n         c=d\n"


def test_tables_are_at_least_six_wide_and_the_last_column_is_not_padded() -> None:
    writer = layout.table_writer()
    writer.write("A\tB\tC\nx\ty\tz\n")
    assert writer.flush() == "A     B     C\nx     y     z\n"


def test_trailing_blanks_stand_where_trailing_cells_are_empty() -> None:
    writer = layout.table_writer()
    writer.write("AGE\tAPP\tTIER\n2m54s\t\t\n6s\tmynapp-rs\tfront\n")
    assert writer.flush() == "AGE     APP         TIER\n2m54s               \n6s      mynapp-rs   front\n"


def test_widths_only_grow_from_flush_to_flush() -> None:
    # captures of `kubectl get endpoints -w`
    writer = layout.table_writer()
    written = ""
    for text in ("NAME\tENDPOINTS\tAGE\n", "s\t10.0.0.1:80,10.0.0.2:80\t2s\n", "s\t10.0.0.1:80\t4s\n"):
        writer.write(text)
        written += writer.flush()
    assert written == (
        "NAME   ENDPOINTS   AGE\n"
        "s      10.0.0.1:80,10.0.0.2:80   2s\n"
        "s      10.0.0.1:80               4s\n"
    )
    writer.forget()
    writer.write("s\tx\t4s\n")
    assert writer.flush() == "s     x     4s\n"


def test_cells_are_cut_at_the_end_of_a_line_and_cannot_command_the_terminal() -> None:
    assert layout.cell("one\ntwo") == "one..."
    assert layout.cell("\x1b[31mred") == "^[[31mred"
    assert layout.cell("\r") == "..."
    assert layout.cell(None) == ""
    assert layout.cell(3) == "3"


WORDS = st.text("abc :", max_size=12)


@given(st.lists(st.lists(WORDS, min_size=3, max_size=3), min_size=1, max_size=6))
def test_the_cells_of_a_full_table_start_at_one_place(rows: list[list[str]]) -> None:
    writer = layout.table_writer()
    writer.write("".join("\t".join(row) + "\n" for row in rows))
    widths = [max(6, *(len(row[i]) + 3 for row in rows)) for i in range(2)]
    expected = [row[0].ljust(widths[0]) + row[1].ljust(widths[1]) + row[2] for row in rows]
    assert writer.flush() == "\n".join([*expected, ""])


@given(st.lists(st.lists(WORDS, min_size=1, max_size=4), max_size=6))
def test_nothing_but_blanks_is_added(rows: list[list[str]]) -> None:
    text = "\n".join("\t".join(row) for row in rows)
    squeezed = layout.columns(text)
    assert squeezed.count("\n") == text.count("\n")
    assert squeezed.replace(" ", "") == text.replace("\t", "").replace(" ", "")
