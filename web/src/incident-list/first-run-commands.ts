// The commands that send a first run, shown when there is none yet.

/** Two curl calls against `origin` (scheme, host and port of this service): register a run, send its console output. */
export function firstRunCommands(origin: string): string {
  return [
    'export LOSSWATCH_TOKEN=...   # the token you logged in with',
    '',
    `curl ${origin}/v1/runs \\`,
    '  -H "Authorization: Bearer $LOSSWATCH_TOKEN" -H "Content-Type: application/json" \\',
    `  -d '{"id": "first-run", "name": "My first run"}'`,
    '',
    `curl "${origin}/v1/runs/first-run/logs?source=train.log" \\`,
    '  -H "Authorization: Bearer $LOSSWATCH_TOKEN" -H "Content-Type: text/plain" \\',
    '  --data-binary @train.log',
  ].join('\n');
}
