"""The site as a whole: two origins, health, the API page."""

import httpx
import pytest

from tests.live import LiveServer
from tests.packages import Sco, scorm12_package


def test_health_answers_on_both_origins(live_server: LiveServer) -> None:
    for origin in (live_server.console, live_server.content):
        assert httpx.get(f"{origin}/health").status_code == 200


def test_the_deep_check_names_every_part_in_the_original_shape(live_server: LiveServer) -> None:
    answer = httpx.get(f"{live_server.console}/api/health")
    report = answer.json()
    assert answer.status_code == 200
    assert report["status"] == "healthy"
    assert set(report) == {"status", "timestamp", "uptime", "checks"}
    assert set(report["checks"]) == {"database", "redis", "storage"}


def test_the_content_origin_has_neither_console_nor_api(live_server: LiveServer) -> None:
    for path in ("/sign-in", "/api/me", "/api/courses", "/xapi/statements", "/api/openapi.json"):
        answer = httpx.get(f"{live_server.content}{path}", headers={"X-API-Key": live_server.api_key})
        assert answer.status_code == 404, path


def test_the_content_origin_never_sets_a_cookie(live_server: LiveServer) -> None:
    for path in ("/", "/play/nonsense", "/play/goodbye", "/dispatch/nonsense"):
        assert "set-cookie" not in httpx.get(f"{live_server.content}{path}").headers


def test_the_api_page_loads_nothing_from_elsewhere(live_server: LiveServer) -> None:
    page = httpx.get(f"{live_server.console}/api/docs")
    assert page.status_code == 200
    assert "http" not in page.text.replace(live_server.console, "")
    for name in ("swagger-ui-bundle.js", "swagger-ui.css", "init.js"):
        assert httpx.get(f"{live_server.console}/api/docs-assets/{name}").status_code == 200


@pytest.mark.parametrize(
    "path", ["/api/courses", "/api/dispatches", "/api/registrations", "/api/keys", "/api/destinations", "/api/uploads"]
)
def test_the_description_of_the_api_names_every_collection(live_server: LiveServer, path: str) -> None:
    description = httpx.get(f"{live_server.console}/api/openapi.json").json()
    assert path in description["paths"]
    assert description["paths"][path]["get"]["summary"]


def test_an_unknown_address_of_the_api_is_a_problem_document(live_server: LiveServer) -> None:
    answer = httpx.get(f"{live_server.console}/api/nothing", headers={"X-API-Key": live_server.api_key})
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["id"]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_file_asked_for_at_the_console_is_found_on_the_content_origin(live_server: LiveServer, method: str) -> None:
    course = live_server.import_course(scorm12_package("A quiz", (Sco("Quiz", "quiz.html"),)))
    with live_server.api(follow_redirects=True) as api:
        answer = api.request(method, f"/api/preview/{course}/assets/quiz.html")
    assert answer.status_code == 200
    assert str(answer.url).startswith(f"{live_server.content}/api/preview/{course}/assets/")
    assert answer.headers["cache-control"].startswith("public, max-age=604800")
    assert bool(answer.content) == (method == "GET")


@pytest.mark.parametrize(
    "path",
    [
        "/courses/nonsense",
        "/registrations/abc",
        "/settings/keys",
        "/dispatches/01a20a05-cfb1-74fc-843f-bced003c80d5/users",
        "/nowhere",
    ],
)
def test_a_strange_address_of_the_console_is_a_page_for_browsers(live_server: LiveServer, path: str) -> None:
    answer = httpx.get(f"{live_server.console}{path}", headers={"Accept": "text/html,*/*;q=0.8"})
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "content-security-policy" in answer.headers
    assert "Nothing is here under this address" in answer.text


def test_a_malformed_id_in_the_api_stays_a_problem_document_even_for_browsers(live_server: LiveServer) -> None:
    headers = {"X-API-Key": live_server.api_key, "Accept": "text/html"}
    answer = httpx.get(f"{live_server.console}/api/courses/nonsense", headers=headers)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("application/problem+json")
