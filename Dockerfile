# Both images can be pinned by digest: --build-arg RUNTIME_IMAGE=gcr.io/distroless/nodejs26-debian13@sha256:…
ARG BUILD_IMAGE=docker.io/library/node:26-trixie-slim
ARG RUNTIME_IMAGE=gcr.io/distroless/nodejs26-debian13:nonroot

# The build runs on the machine's own architecture, whichever the image is for: its result is the same, but for
# the package that calls the C library, which has a file for each.
FROM --platform=${BUILDPLATFORM} ${BUILD_IMAGE} AS build
ARG TARGETARCH
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY deploy/build.ts deploy/
COPY src src
# Twice, because the compiler is a development dependency; `npm prune` would leave empty folders.
RUN npm run build && \
    cpu=${TARGETARCH:-$(node --print process.arch)} && cpu=${cpu#amd64} && \
    npm ci --ignore-scripts --omit=dev --prefer-offline --os=linux --libc=glibc --cpu="${cpu:-x64}" && \
    rm node_modules/.package-lock.json

FROM ${RUNTIME_IMAGE}
ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="quorum-probe" \
      org.opencontainers.image.description="Tells from a pod's own socket table whether a clustered service's member is connected to its quorum" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
WORKDIR /app
COPY LICENSE package.json ./
COPY --from=build /src/node_modules node_modules
COPY --from=build /src/dist dist
ENV NODE_ENV=production
# A number, so that the kubelet can tell that it is not root.
USER 65532:65532
EXPOSE 4888
# NODE_OPTIONS refuses --optimize-for-size, so the heap limits stand here.
ENTRYPOINT ["/nodejs/bin/node", "--max-old-space-size=48", "--max-semi-space-size=1", "--optimize-for-size", "--v8-pool-size=1", "--no-maglev", "--no-sparkplug", "/app/dist/main.js"]
