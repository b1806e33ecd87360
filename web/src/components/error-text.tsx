// What went wrong with a small action, beside its button.
import { Text, type TextProps } from '@mantine/core';
import { ErrorWords } from './error-words.tsx';

export function ErrorText({ error, size = 'xs' }: { error: Error | null } & Pick<TextProps, 'size'>) {
  if (error === null) return null;
  return (
    <Text size={size} role="alert" c="var(--mantine-color-error)">
      <ErrorWords error={error} />
    </Text>
  );
}
