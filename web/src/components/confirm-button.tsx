// A button for what cannot be undone: the first press asks, the second does it.
import { Button, type ButtonProps } from '@mantine/core';
import { useState } from 'react';

interface ConfirmButtonProps extends ButtonProps {
  label: string;
  sureLabel: string;
  /** What it is about, for those who hear the button alone. */
  about?: string;
  onConfirm: () => void;
}

export function ConfirmButton({ label, sureLabel, about, onConfirm, ...props }: ConfirmButtonProps) {
  const [sure, setSure] = useState(false);
  const text = sure ? sureLabel : label;
  return (
    <Button
      size="xs"
      color="red"
      variant={sure ? 'filled' : 'default'}
      aria-label={about === undefined ? undefined : `${text}: ${about}`}
      onClick={() => (sure ? onConfirm() : setSure(true))}
      onBlur={() => setSure(false)}
      {...props}
    >
      {text}
    </Button>
  );
}
