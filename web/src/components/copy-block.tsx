// Text to copy (a command, a patch) with a copy button.
import { Button, Code } from '@mantine/core';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './copy-block.module.css';

type CopyState = 'idle' | 'copied' | 'selected';

const shownMs = 2_500;

export function CopyBlock({ text, label }: { text: string; label: string }) {
  const { t } = useTranslation();
  const block = useRef<HTMLPreElement>(null);
  const [state, setState] = useState<CopyState>('idle');
  const copy = async () => {
    setState(await copyOrSelect(text, block.current));
    setTimeout(() => setState('idle'), shownMs);
  };
  const words = { idle: t('copy'), copied: t('copied'), selected: t('copyByHand') };
  return (
    <div className={classes.frame}>
      <Code block ref={block} className={classes.text} tabIndex={0} aria-label={label}>
        {text}
      </Code>
      <Button variant="default" size="compact-sm" onClick={copy}>
        <span aria-live="polite">{words[state]}</span>
      </Button>
    </div>
  );
}

/** The clipboard exists only on https and localhost; elsewhere the text is selected, one key away from being copied. */
async function copyOrSelect(text: string, block: HTMLElement | null): Promise<CopyState> {
  try {
    await navigator.clipboard.writeText(text);
    return 'copied';
  } catch {
    if (block !== null) window.getSelection()?.selectAllChildren(block);
    return 'selected';
  }
}
