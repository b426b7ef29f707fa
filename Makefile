# The commands for users and developers. Each target first installs what it needs into .venv.
.DEFAULT_GOAL := help

# The tests start a hundred processes. Without cached bytecode each would compile all modules again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo serve test slow throttled chaos fuzz laws lint format messages icons examples screenshot screenshots lighthouse bench

THROTTLED = $(addprefix tests/browser/test_,actions.py rerun.py main_job.py gallery.py run_problems.py video.py)

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' Makefile | expand -t 18

demo:  ## try the program: everything runs on this machine, without an account or an API key
	@.ci/venv requirements.txt
	@exec .venv/bin/python -m playground.launch demo

serve:  ## run web and worker for real use on this machine, with a login and a stored API key
	@.ci/venv requirements.txt
	@exec .venv/bin/python -m playground.launch serve

test:  ## run the tests, with browser tests, on SQLite; then those that depend on the database on PostgreSQL
	@.ci/venv requirements-dev.txt
	@.ci/chromium
	@.ci/redis
	@.venv/bin/pytest --database sqlite
	@.venv/bin/pytest --database postgresql

slow:  ## run every test, including slow ones and every case of large tables; takes long. TESTS
	@.ci/venv requirements-dev.txt
	@.ci/chromium
	@.ci/redis
	@SLOW=1 .venv/bin/pytest --database sqlite --timeout 600 $(TESTS)

throttled:  ## run the main browser tests with CPU and network throttling. THROTTLE_CPU, THROTTLE_LATENCY_MS
	@.ci/venv requirements-dev.txt
	@.ci/chromium
	@THROTTLE_CPU=$${THROTTLE_CPU:-6} THROTTLE_LATENCY_MS=$${THROTTLE_LATENCY_MS:-300} .venv/bin/pytest --database sqlite --timeout 600 -n 0 $(THROTTLED)

chaos:  ## run chaos tests: 200 runs on each database while processes are killed; takes minutes. CHAOS_SEED, CHAOS_RUNS, ENGINE=celery
	@.ci/venv requirements-dev.txt
	@.ci/redis
	@CHAOS_RUNS=$${CHAOS_RUNS:-200} CHAOS_SEED=$${CHAOS_SEED:-$$(date +%s)} ENGINE=$(ENGINE) .venv/bin/pytest tests/chaos tests/runs/test_faults.py -n 0 -s

fuzz:  ## run fuzz tests: 10,000 random POSTs, provider responses and uploads each; minutes. FUZZ_EXAMPLES
	@.ci/venv requirements-dev.txt
	@FUZZ_EXAMPLES=$${FUZZ_EXAMPLES:-10000} .venv/bin/pytest tests/fuzz --database sqlite --timeout 0

laws:  ## run property-based tests of the form engine, on 20,000 generated schemas each; hours. FUZZ_EXAMPLES
	@.ci/venv requirements-dev.txt
	@FUZZ_EXAMPLES=$${FUZZ_EXAMPLES:-20000} .venv/bin/pytest tests/schema/test_laws.py --timeout 0

lint:  ## run ruff, mypy, djade and Biome
	@.ci/venv requirements-dev.txt
	@.ci/node
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/djade --target-version 6.1 --check $$(git ls-files '*.html')
	@PATH=$$PWD/.venv/bin:$$PATH node_modules/.bin/biome check --error-on-warnings

format:  ## format Python, templates, CSS and JavaScript
	@.ci/venv requirements-dev.txt
	@.ci/node
	@.venv/bin/ruff check --fix-only -q .
	@.venv/bin/ruff format -q .
	@.venv/bin/djade --target-version 6.1 $$(git ls-files '*.html')
	@PATH=$$PWD/.venv/bin:$$PATH node_modules/.bin/biome check --write

messages:  ## update and compile the gettext catalogs in locale/. CATALOG adds a language
	@.ci/venv requirements-dev.txt
	@DEBUG=on DJANGO_SETTINGS_MODULE=playground.settings .venv/bin/python -m tests.catalogs $(CATALOG)

icons:  ## draw the icons of the installed app again
	@.ci/venv requirements-dev.txt
	@.venv/bin/python docs/draw_icons.py

examples:  ## draw the pictures of the example prompts again
	@.ci/venv requirements-dev.txt
	@.venv/bin/python docs/draw_examples.py

screenshot:  ## take the screenshots of the README again
	@.ci/venv requirements-dev.txt
	@.ci/chromium
	@.venv/bin/python docs/take_screenshot.py

screenshots:  ## take screenshots of every page in its states, into screenshots/; minutes. SCREENSHOTS, SCREENSHOTS_LANGUAGE
	@.ci/venv requirements-dev.txt
	@.ci/chromium
	@.venv/bin/python docs/take_screenshots.py

lighthouse:  ## measure the main pages with Lighthouse, into docs/performance.md; minutes. LIGHTHOUSE
	@.ci/venv requirements-dev.txt
	@.ci/chromium
	@.ci/lighthouse 13.5.0
	@.venv/bin/python docs/measure_performance.py

bench:  ## run the benchmarks, into docs/performance.md; an hour. BENCH="pages main_job" runs some of them
	@.ci/venv requirements-dev.txt
	@.ci/chromium
	@.venv/bin/python -m benchmarks.report $(BENCH)
