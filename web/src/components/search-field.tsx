// A search field that searches once the typing pauses. "/" leads to it (shell/shortcuts.tsx).
import { TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';

const pauseMs = 300;

interface SearchFieldProps {
  q: string;
  onSearch: (q: string) => void;
  label: string;
  placeholder: string;
}

export function SearchField({ q, onSearch, label, placeholder }: SearchFieldProps) {
  const [text, setText] = useState(q);
  const [known, setKnown] = useState(q);
  // The address changed by other means (back, clear filters): it wins over the field.
  if (q !== known) {
    setKnown(q);
    if (q !== text.trim()) setText(q);
  }
  useEffect(() => {
    if (text.trim() === q) return;
    const timer = setTimeout(() => onSearch(text.trim()), pauseMs);
    return () => clearTimeout(timer);
  }, [text, q, onSearch]);
  return (
    <TextInput
      type="search"
      style={{ flex: '1 1 12rem' }}
      label={label}
      placeholder={placeholder}
      value={text}
      maxLength={200}
      aria-keyshortcuts="/"
      onChange={(event) => setText(event.currentTarget.value)}
    />
  );
}
