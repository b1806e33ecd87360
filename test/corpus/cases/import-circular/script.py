import sys

open('heads.py', 'w').write('from necks import FPN\nclass Head: pass\n')
open('necks.py', 'w').write('from heads import Head\nclass FPN: pass\n')
sys.path.insert(0, '.')
import heads
