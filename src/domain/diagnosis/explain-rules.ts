// Says in words why a rule counted as it did, and why a class that rules speak for is not the answer.
import type { Locale } from '../../contracts/common.ts';
import type { AlternativeAnswer, FiredRuleAnswer } from '../../contracts/diagnosis.ts';
import type { LossReason, Standing } from '../classification/types.ts';
import type { FiredRule, LostClass } from './types.ts';

type Words = Record<Locale, string>;

const places: Record<Standing, Words> = {
  first: { en: 'It holds for the failure that the rest follows from.', zh: '它符合最先发生、引出其余错误的那个故障。' },
  chain: { en: 'It holds for another exception of the same chain.', zh: '它符合同一条异常链上的另一个异常。' },
  loose: { en: 'It holds for a line outside of any traceback.', zh: '它符合调用栈之外的一行输出。' },
  later: { en: 'It holds for another report in the same text.', zh: '它符合同一文本中的另一处报错。' },
  echo: { en: 'It holds for a report that only repeats a failure elsewhere.', zh: '它符合的报错只是别处故障的回声。' },
  aside: { en: 'It holds for a warning or a line of information.', zh: '它符合的只是一条警告或提示信息。' },
};

export function presentRule({ id, confidence, lines, standing, source }: FiredRule, locale: Locale): FiredRuleAnswer {
  return { id, confidence, lines, why: places[standing][locale], source };
}

export function presentAlternative(
  { class: name, confidence, why, rules }: LostClass,
  locale: Locale,
): AlternativeAnswer {
  return { class: name, confidence, why: explainLoss(why)[locale], rules };
}

function explainLoss(why: LossReason): Words {
  switch (why.kind) {
    case 'ruled-out':
      return {
        en: `Rule ${why.by.rule} of ${why.by.class} speaks against it.`,
        zh: `${why.by.class} 的规则 ${why.by.rule} 排除了它。`,
      };
    case 'symptom':
      return { en: `It is a symptom of ${why.of}.`, zh: `它只是 ${why.of} 的表现。` };
    case 'consequence':
      return { en: `What speaks for it follows from ${why.of}.`, zh: `指向它的内容是 ${why.of} 的后果。` };
    case 'not-first':
      return {
        en: 'What speaks for it stands outside of the failure that came first.',
        zh: '指向它的内容不在最先发生的故障之中。',
      };
    case 'weaker':
      return { en: 'Less speaks for it.', zh: '支持它的证据较弱。' };
  }
}
