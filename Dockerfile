# Builds in one stage and runs in another, so that what runs holds no compiler and no build tool.
# `make prove-image` replays these steps in a clean folder; keep to FROM, WORKDIR, ENV, COPY, RUN, USER, HEALTHCHECK and ENTRYPOINT.

FROM python:3.13-slim AS build
WORKDIR /src
ENV PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/konektor
RUN python -m venv /opt/build
COPY requirements requirements
RUN /opt/konektor/bin/pip install --require-hashes -r requirements/main.txt
RUN /opt/build/bin/pip install --require-hashes -r requirements/build.txt
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY adapters adapters
COPY config.yaml ./
COPY demo demo
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir dist .
RUN /opt/konektor/bin/pip install --no-deps dist/konektor-*.whl

FROM python:3.13-slim
ENV PATH=/opt/konektor/bin:$PATH PYTHONUNBUFFERED=1
COPY --from=build /opt/konektor /opt/konektor
# The brand's folder: config.yaml and its knowledge, and data/ where the database is kept. Mount it.
WORKDIR /brand
RUN mkdir -p /brand/data && chown 10001:10001 /brand/data
USER 10001:10001
# Down is when the database is away; a platform that is away makes it degraded, and a restart would not help.
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["konektor", "health"]
ENTRYPOINT ["konektor"]
CMD ["run"]
