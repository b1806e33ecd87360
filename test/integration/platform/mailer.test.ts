// Mail against a real SMTP server on this machine.
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { channels } from '../../../src/domain/channels/index.ts';
import { createMailer, type Mail } from '../../../src/platform/mail/mailer.ts';
import { incidentAlert, makeIncident, message } from '../../support/alerts.ts';
import { startSmtpReceiver } from '../../support/smtp-receiver.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const resource of open.splice(0).reverse()) await resource.close();
});

async function serve(reply?: (recipient: string) => number | null) {
  const receiver = await startSmtpReceiver(reply);
  const mailer = createMailer({ url: receiver.url, from: 'Losswatch <losswatch@example.org>' });
  open.push(receiver, mailer);
  return { receiver, mailer };
}

const hostile = makeIncident({ title: '训练崩溃 <script>\r\nBcc: thief@example.org' });
const mail = (overrides: Partial<Mail> = {}): Mail => ({
  ...JSON.parse(channels.email.compose(message([incidentAlert(hostile)], 'zh'), {}).body),
  id: 'msg_1',
  to: ['oncall@example.org'],
  unsubscribeUrl: 'https://losswatch.test',
  ...overrides,
});

describe('mail', () => {
  it('arrives with text and HTML, a stable Message-ID, the thread of its incident, and marked as automatic', async () => {
    const { receiver, mailer } = await serve();
    expect(await mailer.send(mail())).toMatchObject({ kind: 'answered', status: 250 });
    await mailer.send(mail());
    expect(receiver.received).toHaveLength(2);
    const [{ from, to, raw } = { from: '', to: [], raw: '' }] = receiver.received;
    expect({ from, to }).toEqual({ from: 'losswatch@example.org', to: ['oncall@example.org'] });
    expect(raw).toMatch(/^Message-ID: <msg_1@example\.org>/im);
    expect(raw).toMatch(/^In-Reply-To: <inc_01JD@example\.org>/im);
    expect(raw).toMatch(/^References: <inc_01JD@example\.org>/im);
    expect(raw).toMatch(/^Auto-Submitted: auto-generated/im);
    expect(raw).toMatch(/^List-Unsubscribe: <https:\/\/losswatch\.test>/im);
    expect(raw).toContain('multipart/alternative');
    expect(raw).toMatch(/^Subject: =\?UTF-8\?/im);
  });

  it('gets no header and no markup from what users wrote', async () => {
    const { receiver, mailer } = await serve();
    await mailer.send(mail());
    const [{ raw } = { raw: '' }] = receiver.received;
    expect(raw).not.toMatch(/^Bcc:/im);
    const html = raw.slice(raw.indexOf('text/html'));
    expect(html).toContain('&lt;script');
    expect(html).not.toContain('<script>');
  });

  it.each([
    [451, 'retry'],
    [550, 'failed'],
  ] as const)('hands on the reply %i of the server, which is judged as %s', async (code, verdict) => {
    const { mailer } = await serve(() => code);
    const result = await mailer.send(mail());
    expect(result).toMatchObject({ kind: 'answered', status: code });
    if (result.kind !== 'answered') return;
    const answer = { status: result.status, text: result.answer, headers: {}, retryAfterMs: null };
    expect(channels.email.judge(answer).kind).toBe(verdict);
  });

  it('fails when no server answers', async () => {
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const mailer = createMailer({ url: `smtp://127.0.0.1:${port}`, from: 'a@example.org' });
    open.push(mailer, server);
    expect(await mailer.send(mail())).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/\S/) });
  });

  it('is refused, saying what to set, where no server is set', async () => {
    expect(await createMailer(null).send(mail())).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('LOSSWATCH_SMTP_URL'),
    });
  });
});
