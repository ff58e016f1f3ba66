"""What is read out of the figures of a running bot."""

from __future__ import annotations

from bot.verb.running import describe_figures, parse_figures

TEXT = """\
# HELP shiori_service_paused_seconds For how long a service is still left alone by its own word.
# TYPE shiori_service_paused_seconds gauge
shiori_service_paused_seconds{service="VNDB"} 0.0
shiori_service_paused_seconds{service="E-Hentai"} 3598.7
shiori_service_circuit_open_seconds{service="AniList"} 7.5
shiori_service_in_flight{service="VNDB"} 2.0
shiori_service_debt_seconds{service="VNDB"} 1e-05
shiori_service_waiting{service="VNDB"} 1.2e+03
shiori_service_requests_total{outcome="2xx",service="VNDB"} 17.0
shiori_service_waiting{service="Nekos API"} NaN
"""


def test_the_figures_of_each_service_are_read_and_described() -> None:
    told = {service: describe_figures(figures) for service, figures in parse_figures(TEXT).items()}
    assert told == {
        "VNDB": "2 on their way, 1,200 waiting for their turn",
        "E-Hentai": "left alone for 3,599 s more",
        "AniList": "fails; tried again in 8 s",
    }
    assert describe_figures({}) == "asked as usual"
    assert parse_figures(TEXT)["VNDB"]["debt_seconds"] == 1e-05
