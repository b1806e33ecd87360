// Noto Sans SC in slices, for machines without a Chinese font.
import '@fontsource-variable/noto-sans-sc/wght.css';
