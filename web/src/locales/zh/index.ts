export { default as common } from './common.json';
export { default as diagnose } from './diagnose.json';
export { default as evidence } from './evidence.json';
export { default as incident } from './incident.json';
export { default as incidents } from './incidents.json';
export { default as login } from './login.json';
export { default as system } from './system.json';
