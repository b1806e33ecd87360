// Webhook endpoints as a caller may see them.
import { PublicError } from '../contracts/errors.ts';
import type { Principal } from '../contracts/tokens.ts';
import type { WebhookFilter } from '../contracts/webhooks.ts';
import type { Tx } from '../platform/db/client.ts';
import { type EndpointRow, findEndpoint } from '../platform/db/endpoints.ts';

/**
 * A token of one project sees the endpoints whose filter is that project.
 * @throws PublicError `not_found` for every other one.
 */
export async function findEndpointOfCaller(tx: Tx, principal: Principal, id: string): Promise<EndpointRow> {
  const endpoint = await findEndpoint(tx, id);
  const mine =
    endpoint && (principal.project === null || (endpoint.filter as WebhookFilter).project === principal.project);
  if (!mine)
    throw new PublicError('not_found', `There is no webhook ${id}.`, {
      errors: [{ path: 'param:id', message: 'no such webhook' }],
    });
  return endpoint;
}
