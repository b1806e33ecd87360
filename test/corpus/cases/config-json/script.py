import json

open('config.json', 'w').write('{"lr": 0.1,}')
json.load(open('config.json'))
