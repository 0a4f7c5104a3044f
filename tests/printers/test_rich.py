from xml.etree import ElementTree

from kubelab.printers import rich, tables
from tests.printers import samples


def test_a_table_has_a_caption_and_headers_for_columns_and_rows() -> None:
    table = tables.table("Service", [samples.load(samples.SERVICE)], samples.at("01:38:46"))
    page = ElementTree.fromstring(rich.html(table, "Services of <default>"))
    assert page.findtext("caption") == "Services of <default>"
    assert [head.text for head in page.findall("thead/tr/th")] == [
        "Name", "Type", "Cluster-IP", "External-IP", "Port(s)", "Age",
    ]  # fmt: skip
    assert [head.get("scope") for head in page.iter("th")] == ["col"] * 6 + ["row"]
    assert [cell.text for cell in page.findall("tbody/tr/*")] == [
        "mynapp-svc-multi", "NodePort", "10.233.45.65", "<none>", "80:31112/TCP,443:31113/TCP", "4s",
    ]  # fmt: skip
