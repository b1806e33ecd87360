// What went wrong with a small action, beside its button.
import { Text } from '@mantine/core';

export function ErrorText({ error }: { error: Error | null }) {
  if (error === null) return null;
  return (
    <Text size="xs" role="alert" c="var(--mantine-color-error)">
      {error.message}
    </Text>
  );
}
