import json

open('instances_val.json', 'w').write('{"images": [], "annotations": [{"id": 1, "bbox": [1, 2')
json.load(open('instances_val.json'))
