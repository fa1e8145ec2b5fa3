FROM node:24-bookworm-slim

ENV NODE_ENV=production
WORKDIR /app

# The optional packages let an older Node read TypeScript; this one reads it by itself.
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund && npm cache clean --force

COPY openapi.json ./
COPY utils ./utils
COPY services ./services
COPY handlers ./handlers
COPY cli ./cli
COPY node/address.ts node/envFile.ts node/hostNames.ts node/http.ts node/offsite.ts node/parent.ts ./node/
COPY node/serve.ts node/server.ts node/service.ts node/settings.ts node/scheduleTimes.ts node/smallHeap.ts node/stop.ts ./node/
COPY node/processHolder.ts node/spool.ts node/stopSignals.ts node/tarFile.ts ./node/

# Without a secret the server listens on 127.0.0.1, which nothing outside of the container reaches: set
# DATOCMS_BACKUPS_SHARED_SECRET, or HOST=0.0.0.0 on purpose. Its own crons run in any case.
USER node
EXPOSE 8787
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 8787}/readyz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]

# Node itself is the process that gets the signals: a stop lets what is under way end.
CMD ["node", "node/server.ts"]
