// Rows that came after a list was read, and a button that lets them in: nothing jumps until it is pressed.
import { Button } from '@mantine/core';

interface WaitingProps {
  count: number;
  label: string;
  onLetIn: () => Promise<void>;
}

export function Waiting({ count, label, onLetIn }: WaitingProps) {
  return (
    <div aria-live="polite">
      {count > 0 && (
        <Button size="compact-sm" variant="light" onClick={() => void onLetIn()}>
          {label}
        </Button>
      )}
    </div>
  );
}
