FROM node:22-bookworm-slim AS frontend
WORKDIR /src
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc frontend/
RUN npm ci --prefix frontend
COPY frontend frontend
RUN npm run build --prefix frontend

FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=frontend /src/frontend/dist frontend/dist
# The history is not copied, so the commit can be named: --build-arg VERSION="development $(git describe --always --dirty)"
ARG VERSION=development
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -X 'main.version=$VERSION'" -o /stpd ./cmd/stpd

# Not a static image: the binary links to the C library, through which it would load the embedded ClickHouse.
FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates curl tzdata \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 stpd \
    && install --directory --owner=stpd /var/lib/stpd
COPY --from=build /stpd /usr/local/bin/stpd
USER stpd
ENV STP_ADDR=0.0.0.0:8044 STP_DATA_DIR=/var/lib/stpd
VOLUME /var/lib/stpd
EXPOSE 8044
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
    CMD ["curl", "--fail", "--silent", "--show-error", "--output", "/dev/null", "http://127.0.0.1:8044/readyz"]
ENTRYPOINT ["stpd"]
CMD ["serve"]
