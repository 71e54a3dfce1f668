// PlumbPolicy
