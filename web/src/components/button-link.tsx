// A link inside the dashboard that looks like a button.
import { Button, type ButtonProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, Ref } from 'react';

type PlainLinkProps = ButtonProps &
  Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof ButtonProps> & { ref?: Ref<HTMLAnchorElement> };

function PlainLink(props: PlainLinkProps) {
  return <Button component="a" variant="default" {...props} />;
}

export const ButtonLink = createLink(PlainLink);
