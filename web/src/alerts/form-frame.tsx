// What the forms of the alerts page have in common: a title, a frame, the fields, and save and cancel at their end.
import { Paper, Stack } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import { Section } from '../components/section.tsx';
import { SaveButtons, type SaveButtonsProps } from './save-buttons.tsx';

interface FormFrameProps extends SaveButtonsProps {
  title: string;
  /** Not called while a save is under way. */
  onSubmit: () => void;
  children: ReactNode;
  /** What is shown below the buttons. */
  footer?: ReactNode;
}

export function FormFrame({ title, onSubmit, children, footer, ...buttons }: FormFrameProps) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!buttons.isPending) onSubmit();
  };
  return (
    <Section title={title}>
      <Paper withBorder p="md" component="form" onSubmit={submit}>
        <Stack gap="md">
          {children}
          <SaveButtons {...buttons} />
          {footer}
        </Stack>
      </Paper>
    </Section>
  );
}
