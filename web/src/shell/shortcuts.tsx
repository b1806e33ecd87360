// Listens to the keys of key-sequences.ts, wherever no text is being typed, and shows the list of them.
import { Modal, Table } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { nothingTyped, typeKey } from './key-sequences.ts';
import { navigation } from './navigation.ts';

export function Shortcuts() {
  const navigate = useNavigate();
  const typed = useRef(nothingTyped);
  const [helpOpen, setHelpOpen] = useState(false);
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || takesText(event.target)) return;
      const { typed: next, command } = typeKey(typed.current, event.key, event.timeStamp);
      typed.current = next;
      if (command === null) return;
      if (command.kind === 'go') {
        const entry = navigation.find(({ key }) => key === command.key);
        if (entry) void navigate({ to: entry.to });
      } else if (command.kind === 'help') {
        setHelpOpen(true);
      } else {
        const field = document.querySelector<HTMLInputElement>('main input[type="search"]');
        if (field === null) return;
        event.preventDefault();
        field.focus();
        field.select();
      }
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [navigate]);
  return <ShortcutHelp opened={helpOpen} onClose={() => setHelpOpen(false)} />;
}

function takesText(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null;
}

function ShortcutHelp({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const rows: [string, string][] = [
    ...navigation.map(({ key, name }): [string, string] => [`g ${key}`, t(`pages.${name}`)]),
    ['/', t('keys.search')],
    ['?', t('keys.help')],
  ];
  return (
    <Modal opened={opened} onClose={onClose} title={t('keys.title')} closeButtonProps={{ 'aria-label': t('close') }}>
      <Table>
        <Table.Tbody>
          {rows.map(([keys, meaning]) => (
            <Table.Tr key={keys}>
              <Table.Td w={90}>
                <kbd>{keys}</kbd>
              </Table.Td>
              <Table.Td>{meaning}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
