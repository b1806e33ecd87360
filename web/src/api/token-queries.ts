// Tokens, made through the API.
import { useMutation } from '@tanstack/react-query';
import type { Static } from 'typebox';
import type { TokenCreate, TokenCreated } from '../../../src/contracts/tokens.ts';
import { useApi } from './use-api.ts';

/** The answer holds the token itself, this once. */
export function useCreateToken() {
  const api = useApi();
  return useMutation({
    mutationFn: (body: TokenCreate) => api<Static<typeof TokenCreated>>('/v1/tokens', { method: 'POST', body }),
  });
}
