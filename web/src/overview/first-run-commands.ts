// The commands that send a first run: with curl, from Python, and from a log that is being written.

export const firstRunWays = ['curl', 'python', 'log'] as const;
export type FirstRunWay = (typeof firstRunWays)[number];

/** The run that the commands make; the page waits for its first point. */
export const firstRunId = 'first-run';

/**
 * Commands against `origin` (scheme, host and port of this service) that can be pasted as they are when `token` is given; else the token
 * is taken from LOSSWATCH_TOKEN.
 */
export function firstRunCommands(way: FirstRunWay, origin: string, token: string | null): string {
  switch (way) {
    case 'curl':
      return [...curlRun(origin, token), '', ...curlPoint(origin)].join('\n');
    case 'python':
      return pythonRun(origin, token);
    case 'log':
      return [...curlRun(origin, token), '', ...tailLog(origin)].join('\n');
  }
}

function curlRun(origin: string, token: string | null): string[] {
  return [
    `export LOSSWATCH_TOKEN=${token ?? '...'}`,
    `curl ${origin}/v1/runs \\`,
    '  -H "Authorization: Bearer $LOSSWATCH_TOKEN" -H "Content-Type: application/json" \\',
    `  -d '{"id": "${firstRunId}", "name": "My first run"}'`,
  ];
}

function curlPoint(origin: string): string[] {
  return [
    `curl ${origin}/v1/runs/${firstRunId}/metrics \\`,
    '  -H "Authorization: Bearer $LOSSWATCH_TOKEN" -H "Content-Type: application/json" \\',
    `  -d '{"points": [{"step": 1, "values": {"loss": 2.3, "lr": 0.01}}]}'`,
  ];
}

/** GNU split sends every ten lines as they are written. */
function tailLog(origin: string): string[] {
  return [
    `export LOSSWATCH_LOG="${origin}/v1/runs/${firstRunId}/logs?source=train.log"`,
    'tail -n +1 -F train.log | split -u -l 10 --filter=\'curl -sS "$LOSSWATCH_LOG" \\',
    '  -H "Authorization: Bearer $LOSSWATCH_TOKEN" -H "Content-Type: text/plain" --data-binary @-\' -',
  ];
}

function pythonRun(origin: string, token: string | null): string {
  return `import json, os, urllib.request

def send(path, body):
    request = urllib.request.Request("${origin}/v1" + path, json.dumps(body).encode(), {
        "Authorization": "Bearer " + ${token === null ? 'os.environ["LOSSWATCH_TOKEN"]' : `"${token}"`},
        "Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(request, timeout=10))

send("/runs", {"id": "${firstRunId}", "name": "My first run"})
for step in range(100):
    loss = 2.3 * 0.97 ** step      # your training step
    send("/runs/${firstRunId}/metrics", {"points": [{"step": step, "values": {"loss": loss}}]})`;
}
