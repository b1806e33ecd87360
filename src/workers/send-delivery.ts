// One attempt: the channel dresses the message, HTTP or SMTP carries it.
import { type EmailBody, readMailto } from '../domain/channels/email/channel.ts';
import { channelOf, dressDelivery, linkToEndpoint } from '../flows/deliveries.ts';
import type { ClaimableDelivery } from '../platform/db/deliveries.ts';
import type { PostResult } from '../platform/http/safe-fetch.ts';
import { hmacSha256 } from '../platform/http/sign.ts';
import type { WorkerDependencies } from './dependencies.ts';

/** Enough for the answers that hold a code. */
const maxAnswerBytes = 4_096;

export async function sendDelivery(
  deps: WorkerDependencies,
  { id, body, endpoint }: ClaimableDelivery,
  now: Date,
): Promise<PostResult> {
  if (channelOf(endpoint).transport === 'smtp') return sendMail(deps, id, endpoint, JSON.parse(body) as EmailBody);
  const { url, ...request } = dressDelivery(endpoint, { id, body }, now, { hmac: hmacSha256 });
  return deps.safeFetch.post(url, { ...request, maxAnswerBytes });
}

async function sendMail(
  deps: WorkerDependencies,
  id: string,
  endpoint: ClaimableDelivery['endpoint'],
  mail: EmailBody,
): Promise<PostResult> {
  const to = readMailto(endpoint.url);
  if (to === null) return { kind: 'refused', reason: 'the endpoint has no usable mailto: address' };
  return deps.mailer.send({ ...mail, id, to, unsubscribeUrl: linkToEndpoint(endpoint.id, deps.publicUrl()) });
}
