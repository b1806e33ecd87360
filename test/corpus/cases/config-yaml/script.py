import yaml

open('yolo.yaml', 'w').write('model: yolov8n\nhead: {reg_max: 16\nlr: 0.01\n')
print(yaml.safe_load(open('yolo.yaml')))
