with open('full/train.log', 'w') as log:
    for step in range(200000):
        log.write(f'step {step} loss 0.5\n')
