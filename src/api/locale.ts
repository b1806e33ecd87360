// Which of the two languages a caller reads, from Accept-Language (RFC 9110 section 12.5.4).
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Locale } from '../contracts/common.ts';

/** The supported language with the highest weight, the earlier one of equals; English when none is asked for. */
export function parseLocale(header: string | undefined): Locale {
  let best: { locale: Locale; weight: number } | null = null;
  for (const part of (header ?? '').slice(0, 1000).split(',')) {
    const [tag = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
    const locale = localeOf(tag);
    const weight = weightOf(parameters);
    if (locale !== null && weight > 0 && weight > (best?.weight ?? 0)) best = { locale, weight };
  }
  return best?.locale ?? 'en';
}

/** As a value of Content-Language. */
export const languageTags: Record<Locale, string> = { en: 'en', zh: 'zh-CN' };

/** The language that a request asks for, noted in its answer's headers. */
export function speakTo(request: FastifyRequest, reply: FastifyReply): Locale {
  const locale = parseLocale(request.headers['accept-language']);
  reply.header('content-language', languageTags[locale]).header('vary', 'accept-language');
  return locale;
}

function localeOf(tag: string): Locale | null {
  if (tag === 'zh' || tag.startsWith('zh-')) return 'zh';
  return tag === 'en' || tag.startsWith('en-') || tag === '*' ? 'en' : null;
}

function weightOf(parameters: string[]): number {
  const given = parameters.find((parameter) => parameter.startsWith('q='));
  if (given === undefined) return 1;
  const weight = Number(given.slice(2));
  return weight >= 0 && weight <= 1 ? weight : 0;
}
