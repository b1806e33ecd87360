import torch

torch.manual_seed(0)
w = torch.randn(16, requires_grad=True)
for step in range(30):
    loss = ((w * 40) ** 4).mean()
    print(f'step {step} loss {loss.item():.4f} lr 1.0')
    loss.backward()
    with torch.no_grad():
        w -= w.grad
        w.grad = None
