return "from part"
