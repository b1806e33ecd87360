// The few pictures the dashboard needs. All are decoration: the words beside them say the same.
import type { ReactNode } from 'react';

function Icon({ children, size = 16 }: { children: ReactNode; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  );
}

export function CriticalIcon() {
  return (
    <Icon>
      <path d="M8 3h8l5 5v8l-5 5H8l-5-5V8z" />
      <path d="m9.5 9.5 5 5m0-5-5 5" />
    </Icon>
  );
}

export function WarningIcon() {
  return (
    <Icon>
      <path d="M12 4 2.5 20h19z" />
      <path d="M12 10v4m0 3v.010" />
    </Icon>
  );
}

export function InfoIcon() {
  return (
    <Icon>
      <circle cx="12" cy="12" r="9" />
      <path d="M12 11v5m0-8.5v.010" />
    </Icon>
  );
}

export function SunIcon() {
  return (
    <Icon size={18}>
      <circle cx="12" cy="12" r="4" />
      <path d="M12 2v2m0 16v2M4.9 4.9l1.4 1.4m11.4 11.4 1.4 1.4M2 12h2m16 0h2M4.9 19.1l1.4-1.4M17.7 6.3l1.4-1.4" />
    </Icon>
  );
}

export function MoonIcon() {
  return (
    <Icon size={18}>
      <path d="M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z" />
    </Icon>
  );
}

export function IncidentIcon() {
  return (
    <Icon size={18}>
      <path d="M12 4 2.5 20h19z" />
      <path d="M12 10v4m0 3v.01" />
    </Icon>
  );
}

export function OverviewIcon() {
  return (
    <Icon size={18}>
      <rect x="3.5" y="3.5" width="7" height="8" rx="1.5" />
      <rect x="13.5" y="3.5" width="7" height="5" rx="1.5" />
      <rect x="3.5" y="15" width="7" height="5.5" rx="1.5" />
      <rect x="13.5" y="12" width="7" height="8.5" rx="1.5" />
    </Icon>
  );
}

export function RunsIcon() {
  return (
    <Icon size={18}>
      <path d="M3.5 4v16.5h17" />
      <path d="M7 8c2 0 3 7 6 7.5s5-.5 7.5-.5" />
    </Icon>
  );
}

export function StethoscopeIcon() {
  return (
    <Icon size={18}>
      <path d="M6 3H4.5v5.5a4.5 4.5 0 0 0 9 0V3H12" />
      <path d="M9 13v2.5a5 5 0 0 0 10 0V13" />
      <circle cx="19" cy="11" r="2" />
    </Icon>
  );
}

export function PulseIcon() {
  return (
    <Icon size={18}>
      <path d="M3 12h4l2.5-7 5 14 2.5-7h4" />
    </Icon>
  );
}

export function MenuIcon() {
  return (
    <Icon size={22}>
      <path d="M4 7h16M4 12h16M4 17h16" />
    </Icon>
  );
}

export function LogOutIcon() {
  return (
    <Icon size={18}>
      <path d="M14 4H6a1.5 1.5 0 0 0-1.5 1.5v13A1.5 1.5 0 0 0 6 20h8" />
      <path d="M10 12h10m-3.5-3.5L20 12l-3.5 3.5" />
    </Icon>
  );
}

export function WideIcon() {
  return (
    <Icon>
      <path d="M9 4H4v5m11-5h5v5m0 6v5h-5m-6 0H4v-5" />
    </Icon>
  );
}

export function CloseWideIcon() {
  return (
    <Icon>
      <path d="M4 9h5V4m11 5h-5V4m0 16v-5h5M4 15h5v5" />
    </Icon>
  );
}

export function CheckIcon() {
  return (
    <Icon size={18}>
      <circle cx="12" cy="12" r="9" />
      <path d="m8 12.5 2.7 2.7L16 9.5" />
    </Icon>
  );
}

export function Logo() {
  return (
    <svg width="28" height="28" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="7" fill="#364fc7" />
      <path
        d="M5 9c3 0 4 13 8 13s2.5-17 5-17 2.5 19 5 19 2-3 4-3"
        fill="none"
        stroke="#fff"
        strokeWidth="2.6"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}

export function BellIcon() {
  return (
    <Icon size={18}>
      <path d="M6 16V10a6 6 0 0 1 12 0v6l1.5 2h-15z" />
      <path d="M10 21h4" />
    </Icon>
  );
}

export function GearIcon() {
  return (
    <Icon size={18}>
      <path d="M4 7h10m4 0h2M4 17h2m4 0h10" />
      <circle cx="16" cy="7" r="2" />
      <circle cx="8" cy="17" r="2" />
    </Icon>
  );
}
