# The CMDB's server and command in one image; runs as a user without rights, writes to /data only.
FROM python:3.11-slim AS build
WORKDIR /build
RUN python -m venv /opt/cmdb
COPY requirements.txt ./
RUN /opt/cmdb/bin/pip install --no-cache-dir --require-hashes -r requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY cmdb cmdb
COPY importers importers
COPY schema schema
COPY graphql graphql
COPY examples examples
RUN python -m venv /opt/tools \
    && /opt/tools/bin/pip install --no-cache-dir hatchling \
    && /opt/tools/bin/python -m hatchling build -t wheel \
    && /opt/cmdb/bin/pip install --no-cache-dir --no-deps dist/*.whl

FROM python:3.11-slim
RUN useradd --system --create-home --home-dir /data --uid 10001 cmdb
COPY --from=build /opt/cmdb /opt/cmdb
ENV PATH=/opt/cmdb/bin:$PATH CMDB_STORE=/data/cmdb.db PYTHONUNBUFFERED=1
USER cmdb
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=2)"]
ENTRYPOINT ["cmdb"]
CMD ["serve", "--host", "0.0.0.0"]
