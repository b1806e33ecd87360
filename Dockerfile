# Build: everything, with the development packages; run: the compiled programs and the packages they need, as an ordinary user.
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build

FROM node:22-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund && npm cache clean --force
COPY --from=build /app/dist dist
COPY catalog catalog
COPY prisma/migrations prisma/migrations
RUN mkdir /data && chown node:node /data
USER node
ENV LOSSWATCH_HOST=0.0.0.0 LOSSWATCH_DATA=/data
EXPOSE 8787
VOLUME /data
CMD ["node", "--enable-source-maps", "dist/main/serve.js"]
