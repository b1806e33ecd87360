import sys

with open('/dev/full', 'w') as out:
    out.write('epoch 1\n')
