FROM node:24-bookworm-slim

ENV NODE_ENV=production
WORKDIR /app

# The optional packages are a Node of their own for machines with an older one: not needed here.
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund && npm cache clean --force

COPY openapi.json ./
COPY utils ./utils
COPY services ./services
COPY handlers ./handlers
COPY node/address.ts node/hostNames.ts node/server.ts node/service.ts node/settings.ts ./node/

# Without a secret the server listens on 127.0.0.1, which nothing outside of the container reaches: set
# DATOCMS_BACKUPS_SHARED_SECRET, or HOST=0.0.0.0 on purpose. Its own crons run in any case.
USER node
EXPOSE 8787
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 8787}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]

# Node itself is the process that gets the signals: a stop lets what is under way end.
CMD ["node", "node/server.ts"]
