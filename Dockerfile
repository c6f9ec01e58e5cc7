# The images of Paddock: `make image`, or `docker build --target server .`; see docs/image.md.
#
# What is shipped begins from nothing and holds the programs and the files of those Debian packages that they
# need, as the base image's own dpkg has them. There is no shell in it and no package manager.
ARG BASE=docker.io/library/debian:bookworm-slim

# The programs, compiled here. `--build-context programs=FOLDER` puts those of a build outside in their place.
FROM ${BASE} AS compiled
COPY scripts/image/packages-build.txt /packages.txt
RUN apt-get update -q \
 && sed 's/#.*//' /packages.txt | DEBIAN_FRONTEND=noninteractive xargs apt-get install -q -y --no-install-recommends \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb
WORKDIR /paddock
COPY CMakeLists.txt CMakePresets.json ./
COPY cmake cmake
COPY server server
COPY client client
COPY operator operator
COPY tests/CMakeLists.txt tests/
COPY scripts/image/programs scripts/image/
# Where the compiler's cache is: a mount that the engine keeps, unless a volume is given and named here.
ARG CCACHE_DIR=/ccache
RUN --mount=type=cache,target=/ccache \
    export CCACHE_DIR="$CCACHE_DIR" \
 && cmake --preset release -D PADDOCK_BUILD_SIMULATION=OFF -D PADDOCK_BUILD_BENCHMARKS=OFF \
 && cmake --build build --target paddock-server paddock \
 && scripts/image/programs build/bin /programs

FROM scratch AS programs
COPY --from=compiled /programs /

# The files of the image.
FROM ${BASE} AS server-files
COPY scripts/image/packages-server.txt /packages.txt
RUN apt-get update -q \
 && sed 's/#.*//' /packages.txt | DEBIAN_FRONTEND=noninteractive xargs apt-get install -q -y --no-install-recommends \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb
COPY --from=programs / /programs
COPY scripts/image/collect scripts/image/sbom /scripts/
COPY LICENSE /root-of-image/usr/share/doc/paddock/copyright
ARG VERSION=0.0.0
ARG SOURCE_DATE_EPOCH=0
RUN /scripts/collect /root-of-image /programs /packages.txt \
 && /scripts/sbom /root-of-image /programs paddock-server "$VERSION" >/sbom.spdx.json \
 && mv /sbom.spdx.json /root-of-image/usr/share/doc/paddock/

FROM scratch AS server
COPY --from=server-files /root-of-image /
# As in the official ZooKeeper image: data of a volume that it made belongs to the same user.
USER 1000:1000
# Its defaults, too; without a zoo.cfg an ensemble needs them.
ENV ZOO_CONF_DIR=/conf ZOO_DATA_DIR=/data ZOO_TICK_TIME=2000 ZOO_INIT_LIMIT=5 ZOO_SYNC_LIMIT=2
WORKDIR /data
VOLUME /data
EXPOSE 2181 2888 3888 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["/usr/bin/paddock", "--connect-timeout", "4s", "status"]
ENTRYPOINT ["/usr/bin/paddock-server"]
ARG VERSION=0.0.0
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
LABEL org.opencontainers.image.title="Paddock server" \
      org.opencontainers.image.description="A ZooKeeper-compatible coordination server" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.created="$CREATED" \
      org.opencontainers.image.base.name="debian:bookworm-slim" \
      io.paddock.sbom="/usr/share/doc/paddock/sbom.spdx.json"
