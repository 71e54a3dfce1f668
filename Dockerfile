# Plumbline's engine in a container. docs/OPERATIONS.md says how to run it and what its workers are kept from inside one.
FROM swift:6.3-bookworm AS build
WORKDIR /source
COPY . .
RUN apt-get update \
    && apt-get install --yes --no-install-recommends make \
    && make build \
    && bash packaging/stage.sh /stage /usr

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates libsqlite3-0 libstdc++6 zlib1g \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --home-dir /var/lib/plumb --create-home plumb \
    && chmod 700 /var/lib/plumb
COPY --from=build /stage /
USER plumb
ENV PLUMB_HOME=/var/lib/plumb
VOLUME /var/lib/plumb
EXPOSE 8443
HEALTHCHECK --interval=10s --timeout=3s CMD ["plumb", "status", "--format", "json"]
ENTRYPOINT ["plumb"]
CMD ["up", "--host", "0.0.0.0"]
